import { readLaboratory } from './laboratory.ts'
import { describeLmtp } from './suites/lmtp.ts'
import { describeQuota } from './suites/quota.ts'
import { sweepAfterwards } from './sweep.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describeLmtp(laboratory)
describeQuota(laboratory)
sweepAfterwards(laboratory)
