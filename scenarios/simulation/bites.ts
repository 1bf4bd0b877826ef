/** Everything that befalls histories, and that the system withstands. One of these that never bit proves nothing. */
export const everyBite = [
  // processes
  'crash',
  'crashInTransaction',
  'freeze',
  'stop',
  'severalInstances',
  'sessionLost',
  'zombieCommit',
  'zombieRelay',
  // relays
  'relayTakeover',
  'send',
  'acknowledgement',
  'brokerDown',
  'recordTwice',
  // consumers
  'rewind',
  'rebalanceInFlight',
  'delay',
  'duplicateAbsorbed',
  // databases
  'statement',
  'commit',
  'databaseDown',
  // effects
  'effectTakeover',
  'fenced',
  'providerDown',
  'providerUnanswered',
  'captureUnanswered',
  'refused',
  'mailDown',
  'mailUnanswered',
  // letters
  'poisonUnderAnOrder',
  'poisonWithoutKey',
  'handlerBug',
  'redriven',
  'redrivenInVain',
  'discarded',
  // customers
  'askedTwice',
  'askedAgain',
  'cancel: cancelled',
  'cancel: too-late',
  'cancel: already-over',
  'cancelByOperator: cancelled',
] as const

/** Those that are missing in a count. */
export const neverBit = (bites: Readonly<Record<string, number>>): string[] => everyBite.filter((bite) => !bites[bite])
