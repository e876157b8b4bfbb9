/**
 * Whether a disk's name is the same whenever it is attached. tgt names a volume by a number (`t10.IET 00010001`) that it
 * counts anew each time it starts.
 */
export function isLasting(wwn: string): boolean {
  return /^(naa|eui)\./.test(wwn);
}
