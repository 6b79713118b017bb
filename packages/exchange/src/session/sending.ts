/** What was sent to one node. */
export interface SendingSummary {
  readonly messages: number
  readonly rows: number
  readonly octets: number
}

/** How sending to one node went. */
export interface Sending {
  readonly summary: SendingSummary
  readonly errors: readonly Error[]
}
