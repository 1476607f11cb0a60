/** Exports the practice's contacts as a file, for a spreadsheet or for a phone, and says what a file is not. */
import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { saveFile } from '../../ui/save-file.ts';
import styles from './contact-import.module.css';

type Format = 'csv' | 'vcard';

export function ContactExport({ onClose }: { readonly onClose: () => void }) {
  const text = words.contacts.exporter;
  const heading = useRef<HTMLHeadingElement>(null);
  const [making, setMaking] = useState<Format | null>(null);
  const [news, setNews] = useState<{ readonly text: string; readonly isTrouble: boolean } | null>(null);
  useEffect(() => heading.current?.focus(), []);

  const save = async (format: Format): Promise<void> => {
    setNews(null);
    setMaking(format);
    try {
      const file = await api.contacts.export({ format });
      saveFile(file.name, file.type, file);
      setNews({ text: text.saved(file.name), isTrouble: false });
    } catch {
      setNews({ text: text.failed, isTrouble: true });
    }
    setMaking(null);
  };

  return (
    <div className={styles['import']}>
      <h2 ref={heading} tabIndex={-1}>
        {text.title}
      </h2>
      <p>{text.text}</p>
      {news === null ? null : news.isTrouble ? (
        <p className={styles['trouble']} role="alert">
          {news.text}
        </p>
      ) : (
        <output className={styles['news']}>{news.text}</output>
      )}
      {(['csv', 'vcard'] as const).map((format) => (
        <button key={format} type="button" className="btn" disabled={making !== null} onClick={() => void save(format)}>
          <Download />
          {making === format ? text.making : text.formats[format]}
        </button>
      ))}
      <button type="button" className="btn quiet" onClick={onClose}>
        {text.close}
      </button>
    </div>
  );
}
