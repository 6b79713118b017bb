import { readLaboratory } from './laboratory.ts'
import {
  describeBinding,
  describeChoice,
  describeTokens,
  describeWithoutPassword,
} from './suites/mechanisms.ts'

const laboratory = readLaboratory()

describeChoice(laboratory)
describeBinding(laboratory)
describeTokens(laboratory)
describeWithoutPassword(laboratory)
