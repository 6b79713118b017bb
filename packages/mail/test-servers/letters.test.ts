import { readLaboratory } from './laboratory.ts'
import { describeReading } from './suites/reading.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

describeReading(readLaboratory())
