/** What the head office's program measured. Times in milliseconds, memory as peak of the process. */
export interface OfficeFigures {
  readonly bareWriteMs: number
  readonly captureMs: number
  readonly foldMs: number
  readonly writeMs: number
  readonly sendMs: number
  readonly messages: number
  readonly octets: number
  readonly idleOctets: number
  readonly peakOctets: number
}

/** What the warehouse's program measured. */
export interface WarehouseFigures {
  readonly receiveMs: number
  readonly applyMs: number
  readonly peakOctets: number
}
