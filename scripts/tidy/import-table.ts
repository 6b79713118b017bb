/**
 * A table of data: who may import whom. It is the layer table of ARCHITECTURE.md in the form that the check reads;
 * a direction that is not here does not exist.
 */

/** Files that have the same place in the layers. */
export interface Layer {
  readonly name: string
  /** Which paths belong here, below `packages/`. The first layer that matches has the file. */
  readonly files: RegExp
  /** Layers of the same package, by name; a file of the layer itself is always allowed. */
  readonly layers: readonly string[]
  /** Packages, and `node:*`. */
  readonly packages: readonly string[]
  /** No I/O, no clock, no randomness: what these need of the world is a parameter. */
  readonly pure?: true
}

const MAIL = ['@obmen/mail/*']
const BOTH = ['@obmen/exchange', '@obmen/exchange/*', ...MAIL]
const NODE = ['node:*']

const MAIL_WIRE = ['mail base', 'mail wire', 'mail sasl', 'mail address']
const MAIL_ENGINES = ['mail proxy', 'mail dkim', 'mail smtp', 'mail pop3', 'mail imap']
const MAIL_CORE = [...MAIL_WIRE, 'mail mime', ...MAIL_ENGINES, 'mail net']
const MAIL_PUBLIC = [...MAIL_CORE, 'mail model', 'mail ru']
const EXCHANGE_CORE = ['exchange plan', 'exchange message']
const EXCHANGE_PUBLIC = [
  ...EXCHANGE_CORE,
  'exchange session',
  'exchange store port',
  'exchange store',
  'exchange transport port',
  'exchange transport',
]
const OBMEN_BASE = ['obmen errors', 'obmen locale', 'obmen output']
const OBMEN_SITE = [...OBMEN_BASE, 'obmen config', 'obmen site']
const OBMEN_PARTS = [...OBMEN_SITE, 'obmen daemon', 'obmen web', 'obmen demo']

export const LAYERS: readonly Layer[] = [
  pure('mail base', /^mail\/src\/base\//, []),
  pure('mail wire', /^mail\/src\/wire\//, ['mail base']),
  pure('mail proxy', /^mail\/src\/proxy\//, ['mail base', 'mail wire']),
  pure('mail sasl', /^mail\/src\/sasl\//, ['mail base']),
  pure('mail address', /^mail\/src\/address\//, ['mail base']),
  pure('mail mime', /^mail\/src\/mime\//, ['mail base', 'mail address']),
  pure('mail dkim', /^mail\/src\/dkim\//, ['mail base']),
  pure('mail smtp', /^mail\/src\/smtp\//, MAIL_WIRE),
  pure('mail pop3', /^mail\/src\/pop3\//, MAIL_WIRE),
  pure('mail imap', /^mail\/src\/imap\//, MAIL_WIRE),
  layer('mail net', /^mail\/src\/net\//, [...MAIL_WIRE, ...MAIL_ENGINES], NODE),
  layer('mail model', /^mail\/src\/model\//, MAIL_CORE, NODE),
  layer('mail ru', /^mail\/src\/ru\//, [...MAIL_CORE, 'mail model'], []),
  layer('mail testing', /^mail\/src\/testing\//, MAIL_PUBLIC, NODE),
  layer('mail testing, public', /^mail\/src\/testing\.ts$/, [...MAIL_PUBLIC, 'mail testing'], []),
  layer('mail public', /^mail\/src\/[^/]+\.ts$/, MAIL_PUBLIC, []),

  pure('exchange plan', /^exchange\/src\/plan\//, []),
  pure('exchange message', /^exchange\/src\/message\//, ['exchange plan']),
  layer('exchange platform', /^exchange\/src\/platform\//, EXCHANGE_CORE, NODE),
  layer(
    'exchange store port',
    /^exchange\/src\/store\/(?:change-store|key-ledger|errors)\.ts$/,
    EXCHANGE_CORE,
    [],
  ),
  layer(
    'exchange transport port',
    /^exchange\/src\/transport\/(?:transport|errors)\.ts$/,
    EXCHANGE_CORE,
    [],
  ),
  layer(
    'exchange session',
    /^exchange\/src\/session\//,
    [...EXCHANGE_CORE, 'exchange platform', 'exchange store port', 'exchange transport port'],
    NODE,
  ),
  layer(
    'exchange store',
    /^exchange\/src\/store\//,
    [...EXCHANGE_CORE, 'exchange platform', 'exchange store port'],
    NODE,
  ),
  layer(
    'exchange transport',
    /^exchange\/src\/transport\//,
    [...EXCHANGE_CORE, 'exchange transport port'],
    [...NODE, ...MAIL],
  ),
  layer('exchange testing', /^exchange\/src\/testing\//, EXCHANGE_PUBLIC, [...NODE, ...MAIL]),
  layer(
    'exchange testing, public',
    /^exchange\/src\/testing\.ts$/,
    [...EXCHANGE_PUBLIC, 'exchange testing'],
    [],
  ),
  layer('exchange public', /^exchange\/src\/[^/]+\.ts$/, EXCHANGE_PUBLIC, []),

  layer('obmen errors', /^obmen\/src\/errors\//, [], BOTH),
  layer('obmen locale', /^obmen\/src\/locale\//, ['obmen errors'], BOTH),
  layer(
    'obmen output',
    /^obmen\/src\/output\//,
    ['obmen errors', 'obmen locale'],
    [...NODE, ...BOTH],
  ),
  layer('obmen config', /^obmen\/src\/config\//, OBMEN_BASE, [...NODE, ...BOTH, 'yaml']),
  layer(
    'obmen site',
    /^obmen\/src\/site\//,
    [...OBMEN_BASE, 'obmen config'],
    [...NODE, ...BOTH, 'pg'],
  ),
  layer('obmen daemon', /^obmen\/src\/daemon\//, OBMEN_SITE, [...NODE, ...BOTH, 'pg-boss']),
  layer('obmen web', /^obmen\/src\/web\//, OBMEN_SITE, [...NODE, ...BOTH]),
  layer('obmen demo', /^obmen\/src\/demo\//, OBMEN_SITE, [...NODE, ...BOTH]),
  layer('obmen commands', /^obmen\/src\/commands\//, OBMEN_PARTS, [...NODE, ...BOTH]),
  layer(
    'obmen main',
    /^obmen\/src\/main\.ts$/,
    ['obmen commands', ...OBMEN_PARTS],
    [...NODE, ...BOTH],
  ),
  layer('obmen bin', /^obmen\/src\/(bin|node-version)\.ts$/, ['obmen main', 'obmen locale'], NODE),
]

/** The layer of a path from the root of the repository. */
export function layerOf(path: string): Layer | undefined {
  const inPackages = path.replace(/^packages\//, '')
  return LAYERS.find(({ files }) => files.test(inPackages))
}

function pure(name: string, files: RegExp, layers: readonly string[]): Layer {
  return { name, files, layers, packages: [], pure: true }
}

function layer(
  name: string,
  files: RegExp,
  layers: readonly string[],
  packages: readonly string[],
): Layer {
  return { name, files, layers, packages }
}
