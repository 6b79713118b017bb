import { readLaboratory } from './laboratory.ts'
import {
  describeBinding,
  describeChoice,
  describeTokens,
  describeWithoutPassword,
} from './suites/mechanisms.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describeChoice(laboratory)
describeBinding(laboratory)
describeTokens(laboratory)
describeWithoutPassword(laboratory)
