/** Where canonical octets go, piece by piece. Those of a piece are only there during the call. */
export interface OctetSink {
  update(octets: Uint8Array): void
}

/** A hash that is being computed. */
export interface DkimHash extends OctetSink {
  digest(): Uint8Array
}

/** What signing computes with. It comes from outside because the engines have no platform. */
export interface DkimCrypto {
  /** A new SHA-256. */
  sha256(): DkimHash
}
