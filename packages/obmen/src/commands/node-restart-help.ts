import type { Command } from './command.ts'
import { helpOnNode } from './one-node-help.ts'

const USAGE = helpOnNode('node restart')

/** The help of `node restart`. */
export const nodeRestartHelp: Command['help'] = {
  en: {
    summary: 'begin the exchange with a node anew',
    usage: `Begins the exchange with a node anew: with the next exchange both sides offer everything that they share,
and of each row the later version wins. Nothing is lost by it; it costs one full comparison.

It is what to do when two databases ran under one code and the copy is out of service for good: then run it
at both sites, on the databases that stay. And it finds out which rows differ where a table is not the same
on both sides: see them afterwards with obmen conflicts list.
${USAGE.en}`,
  },
  ru: {
    summary: 'начать обмен с узлом заново',
    usage: `Начинает обмен с узлом заново: при следующем обмене обе стороны передают всё, чем делятся, и из версий
каждой строки остаётся более поздняя. Ничего не теряется, но сверяется всё.

Так поступают, когда под одним кодом работали две базы и копия выведена из работы насовсем: тогда
выполните команду на обеих сторонах, в базах, которые остаются. Ещё так узнают, какие строки различаются,
если таблица на двух сторонах разная: потом их покажет obmen conflicts list.
${USAGE.ru}`,
  },
}
