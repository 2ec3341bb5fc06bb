/**
 * Runs in the page of Swagger UI: takes the token from the link that the start printed (`#token=...`) and removes it
 * from the address bar and the history at once, before Swagger UI looks at the address; then gives it to Swagger UI as
 * if it had been typed into "Authorize".
 */
export const SIGN_IN_SCRIPT = `'use strict';
{
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) {
    history.replaceState(null, '', location.pathname);
    window.addEventListener('load', () => window.ui.preauthorizeApiKey('token', token));
  }
}
`;
