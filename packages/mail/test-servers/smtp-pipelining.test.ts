import { readLaboratory } from './laboratory.ts'
import { describePipelining, describeRefusalsBetween } from './suites/smtp-pipelining.ts'

const laboratory = readLaboratory()

describePipelining(laboratory)
describeRefusalsBetween(laboratory)
