import { createHash } from 'node:crypto'

import { formatRowLine } from '../../message/body-lines.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableChecksum } from '../change-store.ts'
import { base64 } from '../../platform/base64.ts'
import { decodeValues, readColumns } from './change-reader.ts'
import { type Connection, quoteName } from './postgres-database.ts'
import { tableName, toTableLine, type UserTable } from './user-table.ts'
