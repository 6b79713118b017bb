import { readLaboratory } from './laboratory.ts'
import { describeInternetMail } from './suites/internet-mail.ts'

describeInternetMail(readLaboratory())
