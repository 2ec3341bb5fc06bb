import { call } from './api';

/** Saves what the API answers as CSV: a link could not send the token. Rejects with `ApiError`. */
export async function downloadCsv(path: string, name: string): Promise<void> {
  const { body } = await call<string>('GET', path, { headers: { accept: 'text/csv' } });
  const url = URL.createObjectURL(new Blob([body], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
