/** Nothing happens outside: that the time has come is the whole answer. */
export const waitOut = async () => 'held' as const
