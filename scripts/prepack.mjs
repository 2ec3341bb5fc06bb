/** Before `npm pack` and `npm publish`: what is packed is the build of what is here. */
import { ensureBuilt, ensureInstalled } from './setup.mjs';

ensureInstalled();
ensureBuilt();
