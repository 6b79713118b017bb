import { readLaboratory } from './laboratory.ts'
import { describePool } from './suites/pool.ts'
import { describePins, describeProxies } from './suites/ways.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describePins(laboratory)
describeProxies(laboratory)
describePool(laboratory)
