import { readLaboratory } from './laboratory.ts'
import { describePop3Login, describePop3Policy } from './suites/pop3-login.ts'
import { describePop3Deletion, describePop3Maildrop } from './suites/pop3-maildrop.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describePop3Login(laboratory)
describePop3Policy(laboratory)
describePop3Maildrop(laboratory)
describePop3Deletion(laboratory)
