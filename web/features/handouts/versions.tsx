/** The versions of the handout as they were published, each to be had again as it was. */
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { HandoutLanguage } from '#contract/handouts.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { LoadFailed, Waiting } from '../../ui/load-states.tsx';
import { useFormats } from '../sign-in/use-formats.ts';
import { saveHandoutPdf } from './save-handout-pdf.ts';
import styles from './handout-page.module.css';

export function Versions({ latest, language }: { readonly latest: number; readonly language: HandoutLanguage }) {
  const formats = useFormats();
  const [isOpen, setOpen] = useState(false);
  const [failed, setFailed] = useState<number | null>(null);
  const read = useQuery({ queryKey: ['handout-versions', latest], queryFn: () => api.handouts.listVersions(), enabled: isOpen });
  return (
    <details className={styles['more']} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.handouts.versions}</summary>
      {read.isError ? <LoadFailed text={words.handouts.versionsFailed} onRetry={read.refetch} /> : read.data === undefined ? <Waiting text={words.handouts.loading} /> : null}
      <ul>
        {read.data?.map(({ version, at }) => (
          <li key={version}>
            <span>{words.handouts.version(version, formats.dateAndTime(at))}</span>
            <button type="button" className="btn compact" aria-label={words.handouts.versionPdf(version)} onClick={() => void saveHandoutPdf({ language, paper: 'letter', version }).then((isSaved) => setFailed(isSaved ? null : version))}>
              <Download className="small" />
              PDF
            </button>
            {failed === version ? (
              <p role="alert" className={styles['wrong']}>
                {words.handouts.pdfFailed}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </details>
  );
}
