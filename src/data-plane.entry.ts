/** What a worker's thread starts with: the data plane itself comes second, so that it finds a lean `node:http`. */
import './common/lean-http.js';

await import('./data-plane.worker.js');
