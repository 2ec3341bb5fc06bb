/**
 * `npm run generate`: rewrites what is generated from the code. With `--check` nothing is written; a file that is not
 * what the code says makes the exit code 1.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

ensureInstalled();
ensureBuilt();

const built = (file) => import(path.join(root, 'dist', file));
const { generateJsonSchema } = await built('common/config/generate/json-schema.js');
const { generateConfigurationPage } = await built('common/config/generate/configuration-page.js');
const { generateCliPage } = await built('cli/documentation/cli-page.js');
const { generateOpenApi } = await built('modules/admin/openapi/openapi.module.js');

const files = {
  'config/velocity.schema.json': generateJsonSchema(),
  'docs/configuration.md': generateConfigurationPage(),
  'docs/cli.md': generateCliPage(),
  'docs/openapi.json': await generateOpenApi(),
};

const isCheck = process.argv.includes('--check');
for (const [name, text] of Object.entries(files)) {
  const file = path.join(root, name);
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (isCurrent) continue;
  if (isCheck) {
    console.error(`${name} is not what the code generates: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`wrote ${name}`);
  }
}
