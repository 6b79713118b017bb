import type { AddressInvalid } from '@obmen/mail/errors'
import type { NodeCodeInvalid, PlanNameInvalid } from '@obmen/exchange/errors'

import { ObmenError } from './obmen-error.ts'
import type { DatabaseUrlInvalid, MailUrlInvalid, ValueInvalid } from './value-error.ts'

/** Where a setting was read: a line of the file, an environment variable, or an option of the command line. */
export type Place =
  | { readonly kind: 'file'; readonly path: string; readonly line?: number }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'option'; readonly option: string }

/** `obmen.yaml:7`, `OBMEN_PLAN`, `--plan`: the same in every language. */
export function formatPlace(place: Place): string {
  switch (place.kind) {
    case 'file':
      return place.line === undefined ? place.path : `${place.path}:${place.line}`
    case 'environment':
      return place.name
    case 'option':
      return place.option
  }
}

/** What a value of the configuration can be refused with. */
export type SettingFault =
  | PlanNameInvalid
  | NodeCodeInvalid
  | AddressInvalid
  | DatabaseUrlInvalid
  | MailUrlInvalid
  | ValueInvalid

/** What is wrong with a configuration. `example` is a line as it could stand in the file. */
export type ConfigProblem =
  | { readonly kind: 'not-utf8' }
  | { readonly kind: 'not-yaml'; readonly yamlCode: string; readonly words: string }
  | { readonly kind: 'not-settings' }
  | {
      readonly kind: 'key-unknown'
      readonly key: string
      readonly nearest: string | undefined
      readonly known: readonly string[]
    }
  | { readonly kind: 'key-missing'; readonly key: string; readonly example: string }
  | { readonly kind: 'shape'; readonly key: string; readonly example: string }
  | {
      readonly kind: 'value'
      readonly key: string
      readonly fault: SettingFault
      /** A line as it could stand in the file, where the key is that of a setting. */
      readonly line?: string
    }

/** A configuration that can't be used as it is. Nothing was done. */
export class ConfigInvalid extends ObmenError {
  readonly code = 'CONFIG_INVALID'
  readonly transient = false
  readonly place: Place
  readonly problem: ConfigProblem

  constructor(place: Place, problem: ConfigProblem) {
    // An option names the setting already.
    const words =
      problem.kind === 'value' && place.kind === 'option'
        ? problem.fault.message
        : describeProblem(problem)
    super(`${formatPlace(place)}: ${words}`, {
      hint: adviseOn(problem),
      ...(problem.kind === 'value' && { cause: problem.fault }),
    })
    this.place = place
    this.problem = problem
  }
}

function describeProblem(problem: ConfigProblem): string {
  switch (problem.kind) {
    case 'not-utf8':
      return 'the file is not written in UTF-8'
    case 'not-yaml':
      return `the file is not YAML: ${YAML_WORDS[problem.yamlCode] ?? problem.words}`
    case 'not-settings':
      return 'the file holds no settings'
    case 'key-unknown':
      return `there is no setting "${problem.key}"`
    case 'key-missing':
      return `setting "${problem.key}" is missing`
    case 'shape':
      return `setting "${problem.key}" has another form`
    case 'value':
      return `${problem.key}: ${problem.fault.message}`
  }
}

/** The library's words for these speak to programmers. */
const YAML_WORDS: Readonly<Record<string, string>> = {
  BAD_INDENT:
    'the line is indented differently from those above it, or a bracket there is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'there is one colon too many, or the line is indented too far',
  DUPLICATE_KEY: 'the setting occurs twice',
  MISSING_CHAR: 'a closing quote or bracket is missing',
  MULTIPLE_DOCS: 'the settings are divided by ---',
  TAB_AS_INDENT: 'the line is indented with a tab',
  UNEXPECTED_TOKEN: 'there is a character too many, such as a closing bracket',
}

function adviseOn(problem: ConfigProblem): string {
  switch (problem.kind) {
    case 'not-utf8':
      return 'save the file as UTF-8; editors offer that when saving'
    case 'not-yaml':
      return 'look at that line: one setting a line, "name: value", indented with blanks only'
    case 'not-settings':
      return 'write one setting a line, such as: plan: УдаленныеСклады'
    case 'key-unknown':
      return problem.nearest === undefined
        ? `the settings are: ${problem.known.join(', ')}`
        : `did you mean "${problem.nearest}"?`
    case 'key-missing':
      return `add the line: ${problem.example}`
    case 'shape':
      return `write for example: ${problem.example}`
    case 'value':
      return problem.fault.hint ?? 'mend the value'
  }
}

/** There is no configuration file where one was looked for. */
export class ConfigNotFound extends ObmenError {
  readonly code = 'CONFIG_NOT_FOUND'
  readonly transient = false
  readonly path: string

  constructor(path: string) {
    super(`there is no configuration file ${path}`, {
      hint: 'make it with: obmen init, or name it with: --config FILE',
    })
    this.path = path
  }
}

/** The configuration file is there already, and the command line says something else. */
export class ConfigDiffers extends ObmenError {
  readonly code = 'CONFIG_DIFFERS'
  readonly transient = false
  readonly path: string
  readonly keys: readonly string[]

  constructor(path: string, keys: readonly string[]) {
    super(`${path} is there already and says something else about: ${keys.join(', ')}`, {
      hint: `change ${path} and run: obmen init; or name another file with: --config FILE`,
    })
    this.path = path
    this.keys = keys
  }
}

/** A file of trusted certificates that holds none: nothing would be trusted, and nobody would know why. */
export class CertificatesMissing extends ObmenError {
  readonly code = 'CERTIFICATES_MISSING'
  readonly transient = false
  readonly path: string

  constructor(path: string) {
    super(`there is no certificate in ${path}`, {
      hint: 'name a file with certificates in PEM (-----BEGIN CERTIFICATE-----); from DER it is made with: openssl x509 -inform der -in FILE -out ca.pem',
    })
    this.path = path
  }
}

/** A password that is referred to and is not there. */
export class SecretMissing extends ObmenError {
  readonly code = 'SECRET_MISSING'
  readonly transient = false
  readonly reference: SecretReference

  constructor(reference: SecretReference, facts: { readonly cause?: unknown } = {}) {
    super(
      reference.kind === 'env'
        ? `the password is not in the environment variable ${reference.name}`
        : `the password is not in the file ${reference.path}`,
      {
        ...facts,
        hint:
          reference.kind === 'env'
            ? `set ${reference.name} for whoever starts obmen, or let "password" in the configuration name a file: { file: ./secret }`
            : `write the password into ${reference.path}, and let only this user read it: chmod 600`,
      },
    )
    this.reference = reference
  }
}

/** Where a password lies: never in the configuration itself. */
export type SecretReference =
  { readonly kind: 'env'; readonly name: string } | { readonly kind: 'file'; readonly path: string }
