/**
 * Decodes base64, where Buffer would silently skip what does not belong: white space is allowed
 * (https://hl7.org/fhir/R4/datatypes.html#base64Binary), anything else that is not base64 is not.
 *
 * @returns undefined when the text is not base64
 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s+/g, '');
  const unpadded = compact.replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(unpadded) || unpadded.length % 4 === 1) return undefined;
  if (compact.length !== unpadded.length && compact.length % 4 !== 0) return undefined;
  return Buffer.from(unpadded, 'base64');
}
