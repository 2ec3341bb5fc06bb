import './common/lean-http.js';

// Dynamically: what a static import brings along is linked before anything here is evaluated.
const { buildProgram } = await import('./cli/program.js');
await buildProgram().parseAsync(process.argv);
