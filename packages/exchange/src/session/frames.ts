import { constants, type ZstdOptions, zstdCompressSync } from 'node:zlib'

/** Beyond level 3 zstd takes several times as long for a tenth less. */
const COMPRESSION_LEVEL = 3

const COMPRESSION: ZstdOptions = {
  params: {
    [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL,
    // Damage shows before anything is read, even in the number of the format.
    [constants.ZSTD_c_checksumFlag]: 1,
  },
}

/** A frame of zstd (RFC 8878) by itself: frames one after another are a file of zstd again. */
export function compressFrame(content: string | Uint8Array): Buffer {
  return zstdCompressSync(content, COMPRESSION)
}
