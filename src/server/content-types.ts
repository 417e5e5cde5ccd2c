const CONTENT_TYPE_BY_EXTENSION: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  webp: 'image/webp',
  woff2: 'font/woff2',
};

/** The content type of a file of the build, by its extension alone; bytes when it is unknown. */
export const contentTypeOf = (path: string): string => {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return CONTENT_TYPE_BY_EXTENSION[extension] ?? 'application/octet-stream';
};

/** True for text, which is worth compressing; images and fonts are compressed already. */
export const isCompressible = (path: string): boolean =>
  /^(?:text\/|application\/(?:json|manifest)|image\/svg)/.test(contentTypeOf(path));
