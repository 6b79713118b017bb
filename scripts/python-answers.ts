import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { askPython } from '../packages/mail/test/fixtures/python-email/ask-python.ts'

/**
 * Tests need no Python: its answers about odd letters are kept beside them. This asks the Python of this machine anew,
 * which is to be done when the letters have changed.
 */

const KEPT = join(import.meta.dirname, '../packages/mail/test/fixtures/python-email/answers.json')

const answers = askPython()
if (answers === undefined) throw new Error('python3 is not on this machine')
writeFileSync(KEPT, answers)
