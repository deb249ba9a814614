// Own code: the client depends on nothing.

/** The file name of `Content-Disposition`: the extended form when there is one (RFC 6266). */
export function fileNameOf(headers: Headers): string | undefined {
  const value = headers.get('content-disposition') ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(value)?.[1];
  const name = extended ? decodeURIComponent(extended) : /filename="?([^";]+)"?/i.exec(value)?.[1];
  // A name is never a path.
  return name?.replace(/[/\\\0]/g, '_');
}
