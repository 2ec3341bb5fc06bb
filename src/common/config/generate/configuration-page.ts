import { keyTable } from './key-table.js';
import { PAGE_END, PAGE_START } from './page-prose.js';
import type { PageSection } from './page-section.js';
import { PAGE_SECTIONS } from './page-sections.js';
import { configSchemaNode, type SchemaNode } from './schema-node.js';

/** The reference page of the configuration, in Markdown. Ends in a line feed. */
export function generateConfigurationPage(): string {
  const root = configSchemaNode();
  const sections = PAGE_SECTIONS.map((section) => sectionText(section, root));
  return `${[PAGE_START, ...sections, PAGE_END].join('\n\n')}\n`;
}

function sectionText(section: PageSection, root: SchemaNode): string {
  const parts = [
    `## ${section.heading}`,
    section.text,
    keyTable(section.node(root), section.elsewhere ?? []),
  ];
  if (section.example !== undefined) parts.push(`\`\`\`yaml\n${section.example}\`\`\``);
  return parts.join('\n\n');
}
