/** What a record claims to be, by its headers. */
export const typeOf = ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => headers.ce_type?.split('.')[0] ?? 'a record'
