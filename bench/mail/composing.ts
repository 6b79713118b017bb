import { type Figures, runProgram } from '../programs.ts'
import { figure, median, peerFigure, type Section } from './figures.ts'

const ROUNDS = 3
const LETTERS = 3000

/** Writing letters, without any network: small ones in a row, and one that becomes twice as large. */
export async function* measureComposing(): AsyncGenerator<Section> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await lettersPerSecond('obmen'))
    theirs.push(await lettersPerSecond('nodemailer'))
  }
  const unit = 'letters/s'
  yield {
    title: `${LETTERS} letters of 2 KB composed, each into one buffer`,
    lines: [
      figure('obmen', median(ours), unit),
      peerFigure('nodemailer, stream transport with a buffer', theirs, {
        ours,
        unit,
        target: { sense: 'at least', bound: 5 },
      }),
    ],
  }
  yield doublings(await runProgram('mail/programs/obmen-doubling.ts', []))
}

async function lettersPerSecond(program: 'obmen' | 'nodemailer'): Promise<number> {
  const file = `mail/programs/${program}-compose.ts`
  const { elapsedMs = Number.NaN } = await runProgram(file, [String(LETTERS)])
  return (LETTERS / elapsedMs) * 1000
}

function doublings({ recipients = Number.NaN, attachments = Number.NaN }: Figures): Section {
  /** Twice the work, and what a busy machine may add. */
  const target = { sense: 'at most', bound: 2.5 } as const
  return {
    title: 'a letter that becomes twice as large',
    lines: [
      figure('10,000 recipients instead of 5,000', recipients, '× the time', target),
      figure('1,000 attachments instead of 500', attachments, '× the time', target),
    ],
  }
}
