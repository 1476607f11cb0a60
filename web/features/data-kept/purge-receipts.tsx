/** The receipts of destroyed notes: signed counts, each to be taken away and checked without the server. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { FileDown } from 'lucide-react';
import type { PurgeReceiptView } from '#contract/notes.ts';
import { api } from '../../api/api-client.ts';
import { words } from '../../messages/all-words.ts';
import { saveFile } from '../../ui/save-file.ts';
import { useFormats } from '../sign-in/use-formats.ts';
import styles from './data-section.module.css';
import { receiptFacts } from './receipt-facts.ts';

const receiptsQuery = queryOptions({ queryKey: ['purge-receipts'], staleTime: 0, queryFn: () => api.notes.listReceipts({ limit: 100 }) });

export function PurgeReceipts() {
  const { data, isError } = useQuery(receiptsQuery);
  return (
    <section aria-label={words.dataKept.receipts}>
      <h2>{words.dataKept.receipts}</h2>
      <p className={styles['quiet']}>{isError && data === undefined ? words.you.failed : data?.length === 0 ? words.dataKept.noReceipts : words.dataKept.receiptsText}</p>
      {data === undefined || data.length === 0 ? null : (
        <ul className={`card ${styles['receipts']}`}>
          {data.map((receipt) => (
            <ReceiptRow key={receipt.id} receipt={receipt} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ReceiptRow({ receipt }: { readonly receipt: PurgeReceiptView }) {
  const { dateAndTime, number } = useFormats();
  const { count, at } = receiptFacts(receipt.body);
  const save = (): void => {
    const { body, signature, publicKey } = receipt;
    saveFile(`purge-receipt-${receipt.id}.json`, 'application/json', `${JSON.stringify({ body, signature, publicKey }, null, 2)}\n`);
  };
  return (
    <li>
      <span>
        <b>{words.dataKept.destroyed(count, number(count))}</b>
        {at === null ? null : <small>{dateAndTime(at)}</small>}
      </span>
      <button type="button" className="btn compact" onClick={save}>
        <FileDown className="small" />
        {words.dataKept.saveReceipt}
      </button>
    </li>
  );
}
