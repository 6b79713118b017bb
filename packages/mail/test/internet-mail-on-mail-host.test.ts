/** The listings for real mail servers, against the mail host of this package. */
import { after } from 'node:test'

import { describeInternetMail } from '../test-servers/suites/internet-mail.ts'
import { startHostLaboratory } from './testing/host-laboratory.ts'
import { takeCensus } from './census.ts'

takeCensus()

const { host, laboratory } = await startHostLaboratory()
after(() => host.close())

describeInternetMail(laboratory)
