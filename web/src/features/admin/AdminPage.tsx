import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Parts } from "@/hooks/Parts";
import type { Me } from "@/sync/wire";
import { Page } from "@/ui/Page";
import { Invites } from "./Invites";
import { People } from "./People";

interface AdminPageProps {
  me: Me;
  part: string | undefined;
  back: ReactNode;
}

/** What owners and admins of the workspace see to. */
export function AdminPage({ me, part, back }: AdminPageProps) {
  const { t } = useTranslation();
  return (
    <Page
      title={t("admin.title")}
      tab={`${t("admin.title")} · ${t("app.name")}`}
      back={back}
      parts={
        <Parts
          label={t("admin.title")}
          parts={[
            { href: "/admin", label: t("admin.people") },
            { href: "/admin/invites", label: t("admin.invites") },
          ]}
        />
      }
    >
      {part === "invites" ? <Invites /> : <People me={me} />}
    </Page>
  );
}
