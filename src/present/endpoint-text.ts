/** Addresses as people write them. */

export function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  if (port === 0) return 'unknown address';
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
