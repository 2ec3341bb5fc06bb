'use strict';
// Before the first paint: a chosen theme is there from the start, without a flash of the other one.
try {
  const theme = localStorage.getItem('velocity.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme holds.
}
