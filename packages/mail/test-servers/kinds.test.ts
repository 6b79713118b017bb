import { readLaboratory } from './laboratory.ts'
import { describeSignedLetters } from './suites/dkim.ts'
import { describeLetterKinds } from './suites/letter-kinds.ts'
import { describeObjectModel } from './suites/object-model.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describeLetterKinds(laboratory)
describeObjectModel(laboratory)
describeSignedLetters(laboratory)
