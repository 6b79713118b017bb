import { readLaboratory } from './laboratory.ts'
import { describePipelining, describeRefusalsBetween } from './suites/smtp-pipelining.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describePipelining(laboratory)
describeRefusalsBetween(laboratory)
