// Names of XML as written (Namespaces in XML 1.0, section 4).

/** `ls:tag` → prefix `ls`, local name `tag`. */
export function splitName(name: string): { prefix: string; localName: string } {
  const colon = name.indexOf(':')
  return colon < 0
    ? { prefix: '', localName: name }
    : { prefix: name.slice(0, colon), localName: name.slice(colon + 1) }
}
