import { quoted } from './quoted.js';

/*
 * github.com/distribution/reference: [domain/]path[:tag][@digest], path in lower case.
 */
const DOMAIN = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::\d{1,5})?`;
const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const IMAGE = new RegExp(
  String.raw`^(?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?$`,
);
const MAX_LENGTH = 512;

/** What is wrong with the name of a container image; null when nothing is. */
export function imageNameProblem(text: string): string | null {
  if (text.length <= MAX_LENGTH && IMAGE.test(text)) return null;
  const advice = 'write it as for docker run, such as nginx:1.29 or registry.example.com/shop/web:3';
  if (text !== text.toLowerCase() && text.length <= MAX_LENGTH && IMAGE.test(text.toLowerCase()))
    return `${quoted(text)} is no image: names of images are in lower case`;
  return `${quoted(text)} is no image: ${advice}`;
}
