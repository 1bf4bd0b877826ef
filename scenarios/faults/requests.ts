/** Kafka's header: four bytes of length, two of what is asked; 0 is Produce. */
export const isProduce = (request: Buffer) => request.length > 6 && request.readInt16BE(4) === 0

/** PostgreSQL: a set's last statements and its COMMIT travel together. */
export const isCommit = (request: Buffer) => request.includes('commit')

/** HTTP. */
export const isPost = (request: Buffer) => request.subarray(0, 5).toString() === 'POST '
