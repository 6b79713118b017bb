#!/usr/bin/env node
import { en } from './locale/en.ts'
import { chooseLanguage } from './locale/language.ts'
import { ru } from './locale/ru.ts'
import { isNodeSufficient } from './node-version.ts'

// The rest is loaded only then: an older Node.js would fail on its first import, in words that help nobody.
if (isNodeSufficient(process.versions.node)) {
  const { runProcess } = await import('./main.ts')
  await runProcess()
} else {
  const language = chooseLanguage(process.env, Intl.DateTimeFormat().resolvedOptions().locale)
  const { general } = language === 'ru' ? ru : en
  process.stderr.write(`${general.nodeTooOld(process.versions.node)}\n`)
  process.exitCode = 69
}
