#!/usr/bin/env node
import { en } from './locale/en.ts'
import { chooseLanguage } from './locale/language.ts'
import { ru } from './locale/ru.ts'

/** node:sqlite is there without a flag, and complete enough, from this version on. */
const NEEDED_NODE_VERSION = 24

// The rest is loaded only then: an older Node.js would fail on its first import, in words that help nobody.
if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE_VERSION) {
  const language = chooseLanguage(process.env, Intl.DateTimeFormat().resolvedOptions().locale)
  const { general } = language === 'ru' ? ru : en
  process.stderr.write(`${general.nodeTooOld(process.versions.node)}\n`)
  process.exitCode = 69
} else {
  const { runProcess } = await import('./main.ts')
  await runProcess()
}
