import type { Attachment } from 'svelte/attachments';

const hasFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') === true;

/**
 * Takes files that are dropped on an element or pasted into it. `onover` tells while some hang
 * above it. A pasted text stays with the field that it was meant for.
 */
export const dropArea =
  (onfiles: (files: readonly File[]) => void, onover: (isOver: boolean) => void): Attachment =>
  (element) => {
    let depth = 0;
    const move = (step: number) => (event: Event) => {
      if (!(event instanceof DragEvent) || !hasFiles(event)) return;
      event.preventDefault();
      depth = Math.max(0, depth + step);
      onover(depth > 0);
    };
    const dropped = (event: Event): void => {
      if (!(event instanceof DragEvent) || !hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      onover(false);
      onfiles([...(event.dataTransfer?.files ?? [])]);
    };
    const pasted = (event: Event): void => {
      if (!(event instanceof ClipboardEvent)) return;
      const pasted = event.clipboardData;
      if (pasted === null || pasted.files.length === 0) return;
      if (pasted.types.includes('text/plain')) return;
      event.preventDefault();
      onfiles([...pasted.files]);
    };
    const heard = [
      ['dragenter', move(1)],
      ['dragleave', move(-1)],
      ['dragover', move(0)],
      ['drop', dropped],
      ['paste', pasted],
    ] as const;
    for (const [name, listener] of heard) element.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of heard) element.removeEventListener(name, listener);
    };
  };
