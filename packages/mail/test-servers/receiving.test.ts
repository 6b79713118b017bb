import { readLaboratory } from './laboratory.ts'
import { describeImapDirectories } from './suites/model-imap.ts'
import { describePop3Connection } from './suites/model-pop3.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describeImapDirectories(laboratory)
describePop3Connection(laboratory)
