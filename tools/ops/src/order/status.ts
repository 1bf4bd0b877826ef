/** An order is on its way in these; every other status is an end. Compared with the orders service by a test. */
const OPEN: readonly string[] = ['placed', 'paid']

export const isOpen = (status: string) => OPEN.includes(status)
