import { readLaboratory } from './laboratory.ts'
import { describeInternetMail } from './suites/internet-mail.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

describeInternetMail(readLaboratory())
