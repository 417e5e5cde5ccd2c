const TYPE_BY_EXTENSION: Readonly<Record<string, string>> = {
  css: 'text/css',
  html: 'text/html',
  js: 'text/javascript',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  webmanifest: 'application/manifest+json',
};
const IS_TEXT = /text|json|xml/;

/** The content type of a file of the build, by its extension alone; bytes when it is unknown. */
export const contentTypeOf = (path: string): string => {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  const type = TYPE_BY_EXTENSION[extension] ?? 'application/octet-stream';
  return IS_TEXT.test(type) ? `${type}; charset=utf-8` : type;
};

/** True for text, which is worth compressing; images and fonts are compressed already. */
export const isCompressible = (path: string): boolean => IS_TEXT.test(contentTypeOf(path));
