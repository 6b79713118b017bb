import { readLaboratory } from './laboratory.ts'
import { describeReading } from './suites/reading.ts'

describeReading(readLaboratory())
