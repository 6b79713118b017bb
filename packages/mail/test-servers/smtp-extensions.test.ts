import { readLaboratory } from './laboratory.ts'
import {
  describeDeliveryReports,
  describeFailureReports,
  describeMissingReports,
} from './suites/smtp-dsn.ts'
import { describeMissingExtensions } from './suites/smtp-extensions.ts'
import { describeInternationalAddresses, describeInternationalDomains } from './suites/smtp-utf8.ts'
import { takeCensus } from '../test/census.ts'

takeCensus()

const laboratory = readLaboratory()

describeDeliveryReports(laboratory)
describeFailureReports(laboratory)
describeMissingReports(laboratory)
describeMissingExtensions(laboratory)
describeInternationalAddresses(laboratory)
describeInternationalDomains(laboratory)
