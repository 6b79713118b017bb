import { readLaboratory } from './laboratory.ts'
import { describeDeliveryReports } from './suites/smtp-dsn.ts'
import { describeMissingExtensions } from './suites/smtp-extensions.ts'
import { describeInternationalAddresses } from './suites/smtp-utf8.ts'

const laboratory = readLaboratory()

describeDeliveryReports(laboratory)
describeMissingExtensions(laboratory)
describeInternationalAddresses(laboratory)
